/* A function of C between two of Rust. */

void
through(void (*callback)(void))
{
    callback();
}
