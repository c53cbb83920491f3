"""What is kept forever in S3: the documents of nights, how they are found, locked and checked."""
