raise SystemExit("the file beside the program was imported as site")
