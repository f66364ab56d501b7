/* A library with variables, and references to them among them. */

int counter = 5;
int numbers[4] = {1, 2, 3, 4};
int *inside = &numbers[2];
int zeros[3000];

int *
counter_address(void)
{
    return &counter;
}

void
bump(void)
{
    counter++;
    zeros[2999]++;
}
