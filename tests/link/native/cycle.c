/* One of two libraries that need each other. */

int OWN(int depth);
int OTHER(int depth);

int
OWN(int depth)
{
    return depth ? OTHER(depth - 1) * 10 + DIGIT : 0;
}
