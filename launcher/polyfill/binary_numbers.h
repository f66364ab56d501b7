/* Numbers in texts as C23 has them: 0b1010 is binary, where the base is 2 or left open (strtol(3)). Before glibc 2.38
   the functions know no such numbers. */

#ifndef BINARY_NUMBERS_H
#define BINARY_NUMBERS_H

#include "polyfill/polyfill.h"

#include <ctype.h>
#include <stdbool.h>
#include <wctype.h>

/* The start of the digits of a binary number, NULL where there is none; `is_negative`: there is a minus before it. */
#define BINARY_DIGITS(name, character, is_white) \
    static inline const character *name(const character *text, int base, bool *is_negative) \
    { \
        if (base != 0 && base != 2) { \
            return NULL; \
        } \
        while (is_white(*text)) { \
            text++; \
        } \
        *is_negative = *text == '-'; \
        text += *text == '-' || *text == '+'; \
        bool is_binary = text[0] == '0' && (text[1] == 'b' || text[1] == 'B') && (text[2] == '0' || text[2] == '1'); \
        return is_binary ? text + 2 : NULL; \
    }

/* Compute the number, and note where its digits end. */
#define TAKE_DIGITS(character, digits, end, value, is_too_large) \
    for (; *digits == '0' || *digits == '1'; digits++) { \
        is_too_large = is_too_large || value >> 63; \
        value = value << 1 | (*digits == '1'); \
    } \
    if (end) { \
        *end = (character *)digits; \
    }

/* A function that converts binary numbers itself, and leaves all others to the older one. */
#define WITH_BINARY_SIGNED(name, result, character, older, find_digits, most) \
    result older(const character *text, character **end, int base); \
    result name(const character *text, character **end, int base); \
    result name(const character *text, character **end, int base) \
    { \
        bool is_negative; \
        const character *digits = find_digits(text, base, &is_negative); \
        if (!digits) { \
            return older(text, end, base); \
        } \
        unsigned long long value = 0; \
        bool is_too_large = false; \
        TAKE_DIGITS(character, digits, end, value, is_too_large) \
        if (is_too_large || value > (unsigned long long)(most) + is_negative) { \
            errno = ERANGE; \
            return is_negative ? -(most) - 1 : (most); \
        } \
        return (result)(is_negative ? -value : value); \
    }

#define WITH_BINARY_UNSIGNED(name, result, character, older, find_digits) \
    result older(const character *text, character **end, int base); \
    result name(const character *text, character **end, int base); \
    result name(const character *text, character **end, int base) \
    { \
        bool is_negative; \
        const character *digits = find_digits(text, base, &is_negative); \
        if (!digits) { \
            return older(text, end, base); \
        } \
        result value = 0; \
        bool is_too_large = false; \
        TAKE_DIGITS(character, digits, end, value, is_too_large) \
        if (is_too_large) { \
            errno = ERANGE; \
            return ~(result)0; \
        } \
        return is_negative ? -value : value; \
    }

BINARY_DIGITS(polyfill_binary_digits, char, isspace)
BINARY_DIGITS(polyfill_wide_binary_digits, wchar_t, iswspace)

#endif
