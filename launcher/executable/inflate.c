/* Decompression of what the binary carries packed: raw DEFLATE data (RFC 1951), written by bundler/link/payload.py. */

#include "executable/executable.h"

#include <string.h>

enum { MAX_BITS = 15, LENGTH_CODES = 288, DISTANCE_CODES = 30 };

struct input {
    const unsigned char *next;
    const unsigned char *end;
    uint32_t bits;
    int count;
};

/* Codes of one alphabet, canonical (RFC 1951, 3.2.2): how many of each length, and the symbols in order. */
struct codes {
    uint16_t count[MAX_BITS + 1];
    uint16_t symbol[LENGTH_CODES];
};

/* The next `wanted` bits, least significant first; zeros behind the end. */
static uint32_t
take_bits(struct input *input, int wanted)
{
    while (input->count < wanted) {
        uint32_t byte = input->next < input->end ? *input->next : 0;
        input->next++;
        input->bits |= byte << input->count;
        input->count += 8;
    }
    uint32_t value = input->bits & ((1u << wanted) - 1);
    input->bits >>= wanted;
    input->count -= wanted;
    return value;
}

static void
make_codes(struct codes *codes, const unsigned char *lengths, int number)
{
    uint16_t offset[MAX_BITS + 2] = {0};
    memset(codes->count, 0, sizeof codes->count);
    for (int i = 0; i < number; i++) {
        codes->count[lengths[i]]++;
    }
    codes->count[0] = 0;
    for (int length = 1; length <= MAX_BITS; length++) {
        offset[length + 1] = offset[length] + codes->count[length];
    }
    for (int i = 0; i < number; i++) {
        if (lengths[i]) {
            codes->symbol[offset[lengths[i]]++] = (uint16_t)i;
        }
    }
}

/* The next symbol; -1 when the bits are none. */
static int
take_symbol(struct input *input, const struct codes *codes)
{
    int code = 0;
    int first = 0;
    int index = 0;
    for (int length = 1; length <= MAX_BITS; length++) {
        code |= (int)take_bits(input, 1);
        int count = codes->count[length];
        if (code - first < count) {
            return codes->symbol[index + code - first];
        }
        index += count;
        first = (first + count) << 1;
        code <<= 1;
    }
    return -1;
}

/* RFC 1951, 3.2.7. */
static bool
read_codes(struct input *input, struct codes *lengths, struct codes *distances)
{
    static const unsigned char order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    unsigned char found[LENGTH_CODES + 32] = {0};
    int length_count = (int)take_bits(input, 5) + 257;
    int distance_count = (int)take_bits(input, 5) + 1;
    int code_count = (int)take_bits(input, 4) + 4;
    for (int i = 0; i < code_count; i++) {
        found[order[i]] = (unsigned char)take_bits(input, 3);
    }
    make_codes(lengths, found, 19);
    memset(found, 0, 19);
    for (int i = 0; i < length_count + distance_count;) {
        int symbol = take_symbol(input, lengths);
        if (symbol < 0) {
            return false;
        }
        int repeat = 1;
        unsigned char value = (unsigned char)symbol;
        if (symbol >= 16) {
            value = symbol == 16 && i ? found[i - 1] : 0;
            repeat = symbol == 16   ? 3 + (int)take_bits(input, 2)
                     : symbol == 17 ? 3 + (int)take_bits(input, 3)
                                    : 11 + (int)take_bits(input, 7);
        }
        if (i + repeat > length_count + distance_count || i + repeat > (int)sizeof found) {
            return false;
        }
        memset(found + i, value, (size_t)repeat);
        i += repeat;
    }
    make_codes(lengths, found, length_count);
    make_codes(distances, found + length_count, distance_count);
    return true;
}

static void
fixed_codes(struct codes *lengths, struct codes *distances)
{
    unsigned char found[LENGTH_CODES];
    memset(found, 8, 144);
    memset(found + 144, 9, 112);
    memset(found + 256, 7, 24);
    memset(found + 280, 8, 8);
    make_codes(lengths, found, LENGTH_CODES);
    memset(found, 5, DISTANCE_CODES);
    make_codes(distances, found, DISTANCE_CODES);
}

/* One block's symbols, to the place behind what was written; NULL when they make no sense. */
static unsigned char *
copy_block(struct input *input, const struct codes *lengths, const struct codes *distances, unsigned char *out,
           unsigned char *start, unsigned char *end)
{
    static const uint16_t length_base[29] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                             31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
    static const unsigned char length_bits[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                  2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
    static const uint16_t distance_base[DISTANCE_CODES] = {
        1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
        193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
    for (;;) {
        int symbol = take_symbol(input, lengths);
        if (symbol == 256) {
            return out;
        }
        if (symbol < 0 || symbol > 285 || input->next > input->end + 4) {
            return NULL;
        }
        if (symbol < 256) {
            if (out == end) {
                return NULL;
            }
            *out++ = (unsigned char)symbol;
            continue;
        }
        size_t length = length_base[symbol - 257] + take_bits(input, length_bits[symbol - 257]);
        int code = take_symbol(input, distances);
        if (code < 0 || code >= DISTANCE_CODES) {
            return NULL;
        }
        size_t distance = distance_base[code] + take_bits(input, code < 2 ? 0 : code / 2 - 1);
        if (distance > (size_t)(out - start) || length > (size_t)(end - out)) {
            return NULL;
        }
        for (; length; length--, out++) { /* may overlap */
            *out = out[-(ptrdiff_t)distance];
        }
    }
}

bool
bundle_inflate(const unsigned char *packed, size_t packed_size, unsigned char *out, size_t size)
{
    struct input input = {packed, packed + packed_size, 0, 0};
    unsigned char *start = out;
    unsigned char *end = out + size;
    for (bool is_last = false; !is_last;) {
        is_last = take_bits(&input, 1);
        uint32_t kind = take_bits(&input, 2);
        if (kind == 0) { /* stored */
            input.bits = 0;
            input.count = 0;
            uint32_t length = take_bits(&input, 16);
            take_bits(&input, 16);
            if (length > (size_t)(end - out) || input.next > input.end || length > (size_t)(input.end - input.next)) {
                return false;
            }
            memcpy(out, input.next, length);
            input.next += length;
            out += length;
            continue;
        }
        struct codes lengths;
        struct codes distances;
        if (kind == 1) {
            fixed_codes(&lengths, &distances);
        }
        else if (kind == 3 || !read_codes(&input, &lengths, &distances)) {
            return false;
        }
        out = copy_block(&input, &lengths, &distances, out, start, end);
        if (!out) {
            return false;
        }
    }
    return out == end;
}
