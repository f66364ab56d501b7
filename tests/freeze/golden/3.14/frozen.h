typedef unsigned long W;
typedef const void *P;
extern char _PyRuntime[], _Py_NoneStruct[], _Py_TrueStruct[], _Py_FalseStruct[], _Py_EllipsisObject[];
extern char PyCode_Type[], PyUnicode_Type[], PyBytes_Type[], PyTuple_Type[], PyLong_Type[], PyFloat_Type[], PyComplex_Type[], PySlice_Type[];
struct code {W head; P type; long m0; P m1; P m2; P m3; int m4; int m5; int m6; int m7; int m8; int m9; int m10; int m11; int m12; int m13; P m14; P m15; P m16; P m17; P m18; P m19; P m20; long m21; long m22; long m23; long m24; long m25; long m26; int m27; long m28; char data[];};
struct ascii {W head; P type; long m0; long m1; int m2; _Alignas(8) char data[];};
struct compact1 {W head; P type; long m0; long m1; int m2; long m3; long m4; _Alignas(8) char data[];};
struct compact2 {W head; P type; long m0; long m1; int m2; long m3; long m4; _Alignas(8) unsigned short data[];};
struct compact4 {W head; P type; long m0; long m1; int m2; long m3; long m4; _Alignas(8) unsigned data[];};
struct bytes {W head; P type; long m0; long m1; char data[];};
struct tuple {W gc_next, gc_prev; W head; P type; long m0; long m1; P data[];};
struct integer {W head; P type; long m0; unsigned data[];};
struct real {W head; P type; long m0; };
struct complex {W head; P type; long m0; long m1; };
struct slice {W gc_next, gc_prev; W head; P type; P m0; P m1; P m2; };

#define ASCII(n, ...) {0x50000c0000000, PyUnicode_Type, n, -1, 228, __VA_ARGS__}
#define KIND1(n, ...) {0x50000c0000000, PyUnicode_Type, n, -1, 164, 0, 0, __VA_ARGS__}
#define KIND2(n, ...) {0x50000c0000000, PyUnicode_Type, n, -1, 168, 0, 0, __VA_ARGS__}
#define KIND4(n, ...) {0x50000c0000000, PyUnicode_Type, n, -1, 176, 0, 0, __VA_ARGS__}
#define BYTES(n, ...) {0x50000c0000000, PyBytes_Type, n, -1, __VA_ARGS__}
#define TUPLE(n, ...) {0, 0, 0x50000c0000000, PyTuple_Type, n, -1, {__VA_ARGS__}}
#define INTEGER(tag, ...) {0x50000c0000000, PyLong_Type, tag, {__VA_ARGS__}}
#define REAL(bits) {0x50000c0000000, PyFloat_Type, bits}
#define COMPLEX(real, imag) {0x50000c0000000, PyComplex_Type, real, imag}
#define SLICE(...) {0, 0, 0x50000c0000000, PySlice_Type, __VA_ARGS__}
#define CODE(...) {0x50000c0000000, PyCode_Type, __VA_ARGS__}

#define IN_CODE __attribute__((section(".frozen.code"), aligned(8)))
#define IN_BODY __attribute__((section(".frozen.body"), aligned(8)))
#define IN_TUPLE __attribute__((section(".frozen.tuple"), aligned(16)))
#define IN_BYTES __attribute__((section(".frozen.bytes"), aligned(8)))
#define IN_STRING __attribute__((section(".frozen.string"), aligned(8)))
#define IN_NUMBER __attribute__((section(".frozen.number"), aligned(8)))
