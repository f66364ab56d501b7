/* A library that cannot be bound. */

int nobody_has_this_either(void);
int fails(void);

int
fails(void)
{
    return nobody_has_this_either();
}
