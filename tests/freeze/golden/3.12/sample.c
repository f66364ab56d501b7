#include "frozen.h"
extern O <bytes:>,
<str:<module>>,
<id:__doc__>,
<id:__module__>,
<id:__name__>,
<id:__qualname__>,
<int:0>,
<int:1>,
<id:self>,
<id:value>,
<latin1:228>,
<tuple:>,
u_DATA,
u_NUMBERS,
u_Point,
u_TEXTS,
u_abs,
u_distance,
u_other,
u_scale,
u_shared_name,
u_sys;
asm("#@");
extern char version_package_d_sample[];
static IN_BYTES struct bytes o12 asm(".Lo12")={BYTES {6,-1},"\000\001data"},
o19 asm(".Lo19")={BYTES {4,-1},"\210\024\037\004"},
o21 asm(".Lo21")={BYTES {4,-1},"    "},
o24 asm(".Lo24")={BYTES {38,-1},"\200\000\3309=\270u\300c\3208J\326\017K\250u\224\003\220E\223\012\230l\322\020*\322\017K\320\010K\371\322\017K"},
o28 asm(".Lo28")={BYTES {11,-1},"\204\000\330'+\365\000\001\005L\001"},
o32 asm(".Lo32")={BYTES {38,-1},"\360\003\001\001\001\331\000>\343\000\012\340\012+\200\007\330\0107\200\005\330\007\026\200\004\367\006\002\001L\001\362\000\002\001L\001"};
static IN_NUMBER struct number o2 asm(".Lo2")={INTEGER {8,300}},
o3 asm(".Lo3")={INTEGER {26,0,1024}},
o4 asm(".Lo4")={REAL {0x3ff8000000000000}},
o5 asm(".Lo5")={REAL {0x8000000000000000}},
o6 asm(".Lo6")={COMPLEX {0,0x4000000000000000}},
o15 asm(".Lo15")={INTEGER {8,2000}},
o16 asm(".Lo16")={INTEGER {8,1000}};
static IN_STRING struct ascii o1 asm(".Lo1")={TEXT {56,ASCII},"A module with one of everything that the freezer writes."},
o8 asm(".Lo8")={TEXT {9,ASCII},"two words"},
o22 asm(".Lo22")={TEXT {29,ASCII},"/__bundle__/package/sample.py"},
o23 asm(".Lo23")={TEXT {14,ASCII},"Point.distance"};
static IN_STRING struct compact o9 asm(".Lo9")={TEXT {1,KIND2},"\042o\000"},
o10 asm(".Lo10")={TEXT {1,KIND4},"\000\366\001\000\000\000\000"};
static IN_TUPLE struct tuple o7 asm(".Lo7")={TUPLE {6 ITEMS},{<int:1>,&o2,&o3,&o4,&o5,&o6}},
o11 asm(".Lo11")={TUPLE {5 ITEMS},{&u_shared_name,&o8,<latin1:228>,&o9,&o10}},
o13 asm(".Lo13")={TUPLE {1 ITEMS},{&u_scale}},
o14 asm(".Lo14")={TUPLE {3 ITEMS},{&_Py_NoneStruct,&_Py_EllipsisObject,0}},
o17 asm(".Lo17")={TUPLE {2 ITEMS},{&o15,&o16}},
o18 asm(".Lo18")={TUPLE {1 ITEMS},{&u_abs}},
o20 asm(".Lo20")={TUPLE {4 ITEMS},{<id:self>,&u_other,&u_scale,<id:value>}};
static IN_CODE struct code o25 asm(".Lo25")={CODE {36},&o14.head,&o18.head,&o19,{0x200000003,0x100000000,0xb00000006,0x1300000004,4},version_package_d_sample+0x0,&o20.head,&o21,&o22,&u_distance,&o23,&o24,{},"\227\000X\000V\001d\001f\003D\000\217\003c\002g\000c\002]\017\021\000}\003t\001\021\000\000\000\000\000\000\000|\003\253\001\021\000\000\000\000\000d\002v\000\221\002\214\021\004\000c\002}\003S\000c\002\001\000c\002}\003w\000"};
static IN_TUPLE struct tuple o26 asm(".Lo26")={TUPLE {4 ITEMS},{&u_Point,&_Py_NoneStruct,&o13.head,&o25}},
o27 asm(".Lo27")={TUPLE {4 ITEMS},{<id:__name__>,<id:__module__>,<id:__qualname__>,&u_distance}};
static IN_BODY struct code o29 asm(".Lo29")={CODE {12},&o26.head,&o27.head,<bytes:>,{0,0,0xa00000002,0xb00000000},version_package_d_sample+0x100000000,<tuple:>,<bytes:>,&o22,&u_Point,&u_Point,&o28,{},"\227\000e\000Z\001d\000Z\002d\001d\002\234\001d\003\204\002Z\003y\001"};
static IN_TUPLE struct tuple o30 asm(".Lo30")={TUPLE {8 ITEMS},{&o1,<int:0>,&_Py_NoneStruct,&o7.head,&o11.head,&o12,&o29,&u_Point}},
o31 asm(".Lo31")={TUPLE {6 ITEMS},{<id:__doc__>,&u_sys,&u_NUMBERS,&u_TEXTS,&u_DATA,&u_Point}};
static IN_BODY struct code o33 asm(".Lo33")={CODE {24},&o30.head,&o31.head,<bytes:>,{0,0,0x100000004,0xd00000000},version_package_d_sample+0x200000000,<tuple:>,<bytes:>,&o22,<str:<module>>,<str:<module>>,&o32,{},"\227\000d\000Z\000d\001d\002l\001Z\001d\003Z\002d\004Z\003d\005Z\004\002\000G\000d\006\204\000d\007\253\002\021\000\000\000\000\000Z\005y\002"};
static const struct bundle_set_slot o34[] asm(".Lo34")={{(void **)&o14.data[2],&o17.head},{0}};
const struct bundle_code frozen_package_d_sample={&o33,o34};

asm("#@");
