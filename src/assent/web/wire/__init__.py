"""What goes over the wire: the bodies that requests carry, and the replies.

These models are the API's reference (``/api/v1/openapi.json``) and what clients are generated from. Requests
refuse fields they do not know; replies are plain JSON, moments in RFC 3339 and UTC, durations in ISO 8601.
"""
