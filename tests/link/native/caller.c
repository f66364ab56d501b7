/* A library that leaves it to whoever loads it to bring `which` (and a `ffs` that nobody should call). */

const char *which(void);
const char *call_which(void);
int ffs(int value);
int call_ffs(int value);

const char *
call_which(void)
{
    return which();
}

int
ffs(int value)
{
    return -value;
}

int
call_ffs(int value)
{
    return ffs(value);
}
