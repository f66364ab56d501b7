/* A library with a function whose implementation is chosen when it is loaded. */

int chosen(int value);
int call_chosen(int value);

static int
implementation(int value)
{
    return value + 100;
}

static int (*choose(void))(int)
{
    return implementation;
}

int chosen(int value) __attribute__((ifunc("choose")));

int
call_chosen(int value)
{
    return chosen(value);
}
