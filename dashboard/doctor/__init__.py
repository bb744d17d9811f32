"""What is in force on this machine, and what is wrong with it: for whoever looks after the program."""
