"""One module per command or group of commands; each exports `app`, a `typer.Typer`."""
