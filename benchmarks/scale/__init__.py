"""Many products over many waves: how what each command does grows with both."""
