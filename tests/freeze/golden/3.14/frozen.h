typedef unsigned long W;
typedef const void *P;
extern char _PyRuntime[], _Py_NoneStruct[], _Py_TrueStruct[], _Py_FalseStruct[], _Py_EllipsisObject[];
extern char PyCode_Type[], PyUnicode_Type[], PyBytes_Type[], PyTuple_Type[], PyLong_Type[], PyFloat_Type[], PyComplex_Type[], PySlice_Type[];
struct code {W head; P type; long m0; P m1; P m2; P m3; long m4; long m5; long m6; long m7; long m8; P m9; P m10; P m11; P m12; P m13; P m14; P m15; long m16; long m17; long m18; long m19; long m20; long m21; int m22; long m23; char data[];};
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

#define CODE 0x50000c0000000,PyCode_Type,
#define BYTES 0x50000c0000000,PyBytes_Type,
#define INTEGER 0x50000c0000000,PyLong_Type,
#define REAL 0x50000c0000000,PyFloat_Type,
#define COMPLEX 0x50000c0000000,PyComplex_Type,
#define TUPLE 0,0,0x50000c0000000,PyTuple_Type,
#define SLICE 0,0,0x50000c0000000,PySlice_Type,
#define TEXT 0x50000c0000000,PyUnicode_Type,
#define ASCII -1,228,
#define KIND1 -1,164,0,0,
#define KIND2 -1,168,0,0,
#define KIND4 -1,176,0,0,
#define ITEMS -1,

#define IN_CODE __attribute__((section(".frozen.code"), aligned(8)))
#define IN_BODY __attribute__((section(".frozen.body"), aligned(8)))
#define IN_TUPLE __attribute__((section(".frozen.tuple"), aligned(16)))
#define IN_BYTES __attribute__((section(".frozen.bytes"), aligned(8)))
#define IN_STRING __attribute__((section(".frozen.string"), aligned(8)))
#define IN_NUMBER __attribute__((section(".frozen.number"), aligned(8)))
