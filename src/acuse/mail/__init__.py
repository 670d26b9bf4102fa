"""What a message is: reading, showing, rewriting and reporting on it. Pure: bytes in, values out."""
