"""What a shop says of its channels in `channels.yaml`: the file, its keys, and its secrets."""
