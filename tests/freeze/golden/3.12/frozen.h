typedef unsigned long W;
typedef const void *P;
typedef struct object O;
extern O _Py_NoneStruct, _Py_TrueStruct, _Py_FalseStruct, _Py_EllipsisObject;
extern O PyCode_Type, PyUnicode_Type, PyBytes_Type, PyTuple_Type, PyLong_Type, PyFloat_Type, PyComplex_Type, PySlice_Type;
struct code {W head; P type; W m0[1]; P m1; P m2; P m3; W m4[5]; P m5; P m6; P m7; P m8; P m9; P m10; P m11; W m12[6]; char data[];};
struct ascii {W head; P type; W size[3]; char data[];};
struct compact {W head; P type; W size[5]; char data[];};
struct bytes {W head; P type; W size[2]; char data[];};
struct number {W head; P type; W data[];};
struct tuple {W gc_next, gc_prev; W head; P type; W size[1]; P data[];};
struct slice {W gc_next, gc_prev; W head; P type; P start, stop, step;};

#define CODE 0xffffffff,&PyCode_Type,
#define TEXT 0xffffffff,&PyUnicode_Type,
#define BYTES 0xffffffff,&PyBytes_Type,
#define INTEGER 0xffffffff,&PyLong_Type,
#define REAL 0xffffffff,&PyFloat_Type,
#define COMPLEX 0xffffffff,&PyComplex_Type,
#define TUPLE 0,0,0xffffffff,&PyTuple_Type,
#define SLICE 0,0,0xffffffff,&PySlice_Type,
#define ASCII -1,228
#define KIND1 -1,164
#define KIND2 -1,168
#define KIND4 -1,176
#define ITEMS 

#define IN_CODE __attribute__((section(".frozen.code"), aligned(8)))
#define IN_BODY __attribute__((section(".frozen.body"), aligned(8)))
#define IN_TUPLE __attribute__((section(".frozen.tuple"), aligned(16)))
#define IN_BYTES __attribute__((section(".frozen.bytes"), aligned(8)))
#define IN_STRING __attribute__((section(".frozen.string"), aligned(8)))
#define IN_NUMBER __attribute__((section(".frozen.number"), aligned(8)))
