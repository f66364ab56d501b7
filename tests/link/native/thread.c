/* A library with thread-local variables: initialised, zero, aligned, and one that points to another object. */

static int target = 11;
__thread int shared_count = 7;
__thread int *shared_pointer = &target;
__thread char shared_zero[100];
_Alignas(64) __thread char shared_aligned[3] = "ab";
static __thread int first_of_file = 1, second_of_file = 2;

int
next_in_library(void)
{
    return shared_count++ * 100 + (first_of_file++ + second_of_file) * 10 + shared_zero[99]++;
}
