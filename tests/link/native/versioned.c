/* A library in three ages: without versions, with one, with two of which the second is the default. */

#if AGE < 2
int
number(void)
{
    return 1;
}
#else
int old_number(void);
int new_number(void);
__asm__(".symver old_number,number@V1");
__asm__(".symver new_number,number@@V2");

int
old_number(void)
{
    return 1;
}

int
new_number(void)
{
    return 2;
}
#endif
