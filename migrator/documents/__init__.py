"""The versioned JSON documents that stages and programs hand to each other, one file each."""
