# kept_job.sh PYTHON FOLDER -m MODULE ARGUMENT...: the job's command, in its container's folder.
# A module's first run is real; a later one gets what that printed and left, kept beneath FOLDER.
python=$1 folder=$2
shift 2
[ "$1" = -m ] || exec "$python" "$@"

kept=$folder/$2
if [ -e "$kept" ]; then
  cp -R "$kept/opt" .
else
  "$python" "$@" > printed 2>&1 || { code=$?; cat printed; exit $code; }
  mkdir -p "$kept.new" && cp printed "$kept.new"
  for left in opt/ml/model opt/ml/output opt/ml/processing/output; do
    if [ -e $left ]; then
      mkdir -p "$kept.new/${left%/*}" && cp -R $left "$kept.new/${left%/*}"
    fi
  done
  mv "$kept.new" "$kept"
fi
cat "$kept/printed"

# That the summary is of the night's own date and source is checked when the job is recorded.
objects=opt/ml/processing/input/manifest/objects.json
if [ -e $objects ]; then
  while [ "$1" != --data-date ]; do shift; done
  digest=$(sed -n 's/.*"digest": *"\([0-9a-f]*\)".*/\1/p' $objects | head -n 1)
  count=$(grep -o '"etag"' $objects | wc -l)
  sed -i -e "s/\(\"dataDate\": *\"\)[0-9-]*/\1$2/" -e "s/\(\"sourceDigest\": *\"\)[0-9a-f]*/\1$digest/" \
    -e "s/\(\"objects\": *\)[0-9]*/\1$count/" opt/ml/processing/output/summary/*.json
fi
