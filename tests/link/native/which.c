/* A library that exports `which`, and a function CALL that calls it through whatever it is bound to. */

#ifdef PROTECTED
__attribute__((visibility("protected")))
#endif
const char *which(void);

const char *
which(void)
{
    return ANSWER;
}

#ifdef CALL
const char *CALL(void);

const char *
CALL(void)
{
    return which();
}
#endif
