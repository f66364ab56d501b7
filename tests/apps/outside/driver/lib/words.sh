words="from a neighbour"
