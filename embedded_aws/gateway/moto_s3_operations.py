"""The operations of S3 that moto tells apart.

Its S3 takes an unknown subresource of a bucket or key for none at all, so that GetObjectRetention
would read the object and GetBucketRequestPayment list the bucket: hence this list, by hand.
"""

from __future__ import annotations

_OBJECTS = """
    AbortMultipartUpload CompleteMultipartUpload CopyObject CreateMultipartUpload DeleteObject
    DeleteObjects DeleteObjectTagging GetObject GetObjectAcl GetObjectAttributes
    GetObjectLegalHold GetObjectTagging HeadObject ListMultipartUploads ListObjectVersions
    ListObjects ListObjectsV2 ListParts PutObject PutObjectAcl PutObjectLegalHold
    PutObjectRetention PutObjectTagging RestoreObject SelectObjectContent UploadPart
    UploadPartCopy
"""
_BUCKETS = """
    CreateBucket DeleteBucket DeleteBucketCors DeleteBucketEncryption DeleteBucketLifecycle
    DeleteBucketOwnershipControls DeleteBucketPolicy DeleteBucketReplication DeleteBucketTagging
    DeleteBucketWebsite DeletePublicAccessBlock GetBucketAccelerateConfiguration GetBucketAcl
    GetBucketCors GetBucketEncryption GetBucketInventoryConfiguration GetBucketLifecycle
    GetBucketLifecycleConfiguration GetBucketLocation GetBucketLogging GetBucketNotification
    GetBucketNotificationConfiguration GetBucketOwnershipControls GetBucketPolicy
    GetBucketPolicyStatus GetBucketReplication GetBucketTagging GetBucketVersioning
    GetBucketWebsite GetObjectLockConfiguration GetPublicAccessBlock HeadBucket
    ListBucketInventoryConfigurations ListBuckets PutBucketAccelerateConfiguration PutBucketAcl
    PutBucketCors PutBucketEncryption PutBucketInventoryConfiguration PutBucketLifecycle
    PutBucketLifecycleConfiguration PutBucketLogging PutBucketNotification
    PutBucketNotificationConfiguration PutBucketOwnershipControls PutBucketPolicy
    PutBucketReplication PutBucketTagging PutBucketVersioning PutBucketWebsite
    PutObjectLockConfiguration PutPublicAccessBlock
"""
S3_OPERATIONS = frozenset((_OBJECTS + _BUCKETS).split())
