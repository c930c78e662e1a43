"""What a build gives back beside the filesystem."""
