/* A library with a state that all its users share, and others that change it: by what they are, see the flags. */

#ifdef COUNTER
int next_count(void);

int
next_count(void)
{
    static int count;
    return ++count;
}
#endif

#ifdef CALL
int next_count(void);
int CALL(void);

int
CALL(void)
{
    return next_count();
}
#endif

#ifdef BOTH
int next_count(void);
int count_elsewhere(void);
__attribute__((weak)) int perhaps(void);
int both(void);

int
both(void)
{
    return 100 * next_count() + 10 * count_elsewhere() + !!perhaps;
}
#endif
