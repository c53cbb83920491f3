"""What of S3 is answered here, on moto's own buckets, past moto's second way to them."""
