"""What a slice is told from outside of its code: settings, credentials, files of its packages."""
