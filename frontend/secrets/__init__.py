"""What is a secret: detection, masking, well-known ids, settings files without their credentials."""
