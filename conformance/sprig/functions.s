// An assembly file, even an empty one, lets Go functions be declared without a body.
