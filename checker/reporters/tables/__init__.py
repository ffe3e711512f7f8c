"""Tables of findings, devices, actions and rejected rows, in every spelling."""
