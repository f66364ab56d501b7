/* A library that only needs others. */

int nothing_at_all;
