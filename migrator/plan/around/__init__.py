"""What an application does around its views, which a slice of one view leaves behind; what lets requests in apart."""
