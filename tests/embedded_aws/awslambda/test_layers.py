from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

Make = Callable[..., Any]
Zip = Callable[[dict[str, str]], bytes]


@pytest.fixture(scope="module")
def publish(client: Make, zipped: Zip) -> Make:
    """Publish a layer version from text files."""

    def publish(name: str, files: dict[str, str], **options: Any) -> dict[str, Any]:
        content = {"ZipFile": zipped(files)}
        made = client("lambda").publish_layer_version(LayerName=name, Content=content, **options)
        return dict(made)

    return publish


def test_a_function_imports_from_its_layers(publish: Make, function: Make, invoke: Make) -> None:
    layer = publish("imports", {"python/shared.py": "VALUE = 42"})
    source = "import shared\ndef handler(event, context): return shared.VALUE"
    assert invoke(function(source, Layers=[layer["LayerVersionArn"]])).value == 42


def test_later_layers_cover_earlier_ones_file_by_file(
    publish: Make, function: Make, invoke: Make
) -> None:
    """As in AWS's /opt, a package may be spread over layers."""
    below = publish("below", {"python/pack/__init__.py": "", "python/pack/a.py": "A = 'below'"})
    above = publish("above", {"python/pack/a.py": "A = 'above'", "python/pack/b.py": "B = 1"})
    source = "from pack import a, b\ndef handler(event, context): return [a.A, b.B]"
    layers = [below["LayerVersionArn"], above["LayerVersionArn"]]
    assert invoke(function(source, Layers=layers)).value == ["above", 1]


def test_the_functions_own_code_comes_before_its_layers(
    publish: Make, function: Make, invoke: Make, zipped: Zip
) -> None:
    layer = publish("shadowed", {"python/shared.py": "VALUE = 'layer'"})
    code = zipped(
        {
            "app.py": "import shared\ndef handler(event, context): return shared.VALUE",
            "shared.py": "VALUE = 'function'",
        }
    )
    name = function(Code={"ZipFile": code}, Layers=[layer["LayerVersionArn"]])
    assert invoke(name).value == "function"


def test_a_layer_is_compiled_once_for_all_that_import_from_it(
    publish: Make, function: Make, invoke: Make
) -> None:
    """An environment cannot write to a layer, so each would compile it anew."""
    files = {"python/compiled.py": "VALUE = 42", "python/broken.py": "VALUE ="}
    layer = publish("compiled", files)
    source = "import compiled\ndef handler(event, context): return compiled.__cached__"
    cached = Path(invoke(function(source, Layers=[layer["LayerVersionArn"]])).value)
    assert cached.exists()
    assert cached.stat().st_mode & 0o777 == 0o444


def test_versions_count_up(publish: Make) -> None:
    versions = [publish("counted", {"python/a.py": ""}) for _ in range(2)]
    assert [version["Version"] for version in versions] == [1, 2]
    assert versions[1]["LayerVersionArn"] == (
        "arn:aws:lambda:us-east-1:123456789012:layer:counted:2"
    )


def test_a_version_is_shown_as_it_was_published(publish: Make, client: Make) -> None:
    given = {
        "Description": "shared code",
        "CompatibleRuntimes": ["python3.13"],
        "CompatibleArchitectures": ["arm64"],
        "LicenseInfo": "MIT",
    }
    made = publish("shown", {"python/a.py": ""}, **given)
    found = client("lambda").get_layer_version(LayerName="shown", VersionNumber=1)
    by_arn = client("lambda").get_layer_version_by_arn(Arn=made["LayerVersionArn"])
    assert {key: found[key] for key in given} == given
    assert {key: by_arn[key] for key in given} == given
    assert found["Content"]["CodeSha256"] == made["Content"]["CodeSha256"]


def test_layers_are_listed_with_their_newest_version(publish: Make, client: Make) -> None:
    for _ in range(2):
        publish("listed", {"python/a.py": ""})
    layers = client("lambda").list_layers()["Layers"]
    (listed,) = [layer for layer in layers if layer["LayerName"] == "listed"]
    assert listed["LatestMatchingVersion"]["Version"] == 2
    versions = client("lambda").list_layer_versions(LayerName="listed")["LayerVersions"]
    assert [version["Version"] for version in versions] == [2, 1]


def test_a_function_keeps_a_layer_version_that_was_deleted(
    publish: Make, function: Make, invoke: Make, client: Make
) -> None:
    layer = publish("deleted", {"python/shared.py": "VALUE = 'kept'"})
    source = "import shared\ndef handler(event, context): return shared.VALUE"
    name = function(source, Layers=[layer["LayerVersionArn"]])
    client("lambda").delete_layer_version(LayerName="deleted", VersionNumber=1)
    assert invoke(name).value == "kept"
    with pytest.raises(ClientError, match="The resource you requested does not exist"):
        client("lambda").get_layer_version(LayerName="deleted", VersionNumber=1)
    assert publish("deleted", {"python/a.py": ""})["Version"] == 2


def test_a_sixth_layer_is_refused(publish: Make, function: Make) -> None:
    layers = [publish("many", {"python/a.py": ""})["LayerVersionArn"] for _ in range(6)]
    with pytest.raises(ClientError, match="more than 5 layers"):
        function(Layers=layers)
