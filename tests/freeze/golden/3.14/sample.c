#include "frozen.h"
extern O <int:1>,
<bytes:>,
<byte:64>,
<str:<module>>,
<id:__classdict__>,
<id:__classdictcell__>,
<id:__doc__>,
<id:__firstlineno__>,
<id:__module__>,
<id:__name__>,
<id:__qualname__>,
<id:__static_attributes__>,
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
static IN_BYTES struct bytes o2 asm(".Lo2")={BYTES {6,-1},"\000\001data"},
o8 asm(".Lo8")={BYTES {4,-1},"\207\027!\004"},
o10 asm(".Lo10")={BYTES {4,-1},"&&$ "},
o13 asm(".Lo13")={BYTES {42,-1},"\200\000\3309=\300c\3218J\323\017K\3218J\250u\224\003\220E\223\012\230l\324\020*\3218J\321\017K\320\010K\371\322\017K"},
o18 asm(".Lo18")={BYTES {25,-1},"\370\207\000\200\000\360\002\001\005L\001\240t\367\000\001\005L\001\362\000\001\005L\001"},
o32 asm(".Lo32")={BYTES {38,-1},"\360\003\001\001\001\331\000>\343\000\012\340\012+\200\007\330\0107\200\005\330\007\026\200\004\367\006\002\001L\001\363\000\002\001L\001"};
static IN_NUMBER struct number o4 asm(".Lo4")={INTEGER {8,2000}},
o5 asm(".Lo5")={INTEGER {8,1000}},
o20 asm(".Lo20")={INTEGER {8,300}},
o21 asm(".Lo21")={INTEGER {26,0,1024}},
o22 asm(".Lo22")={REAL {0x3ff8000000000000}},
o23 asm(".Lo23")={REAL {0x8000000000000000}},
o24 asm(".Lo24")={COMPLEX {0,0x4000000000000000}};
static IN_STRING struct ascii o1 asm(".Lo1")={TEXT {56,ASCII},"A module with one of everything that the freezer writes."},
o11 asm(".Lo11")={TEXT {29,ASCII},"/__bundle__/package/sample.py"},
o12 asm(".Lo12")={TEXT {14,ASCII},"Point.distance"},
o26 asm(".Lo26")={TEXT {9,ASCII},"two words"};
static IN_STRING struct compact o27 asm(".Lo27")={TEXT {1,KIND2},"\042o\000"},
o28 asm(".Lo28")={TEXT {1,KIND4},"\000\366\001\000\000\000\000"};
static IN_TUPLE struct tuple o3 asm(".Lo3")={TUPLE {2 ITEMS},{&_Py_EllipsisObject,0}},
o6 asm(".Lo6")={TUPLE {2 ITEMS},{&o4,&o5}},
o7 asm(".Lo7")={TUPLE {1 ITEMS},{&u_abs}},
o9 asm(".Lo9")={TUPLE {4 ITEMS},{<id:self>,&u_other,&u_scale,<id:value>}};
static IN_CODE struct code o14 asm(".Lo14")={CODE {38},&o3.head,&o7.head,&o8,{0x208000003,0x100000000,0xb00000006,0x1400000004,4},version_package_d_sample+0x0,&o9.head,&o10,&o11,&u_distance,&o12,&o13,{},"\200\000W\001R\0003\003\020\000U\003u\002.\000u\002F\021\021\000p\003\134\001\021\000\000\000\000\000\000\000V\0034\001\021\000\000\000\000\000R\0019\000\021\000N\002K\023\374\377\011\000\036\000u\002p\003#\000u\002\037\000u\002p\003i\000"};
static IN_TUPLE struct tuple o15 asm(".Lo15")={TUPLE {5 ITEMS},{&u_Point,&u_scale,&_Py_NoneStruct,&o14,<tuple:>}},
o16 asm(".Lo16")={TUPLE {7 ITEMS},{<id:__name__>,<id:__module__>,<id:__qualname__>,<id:__firstlineno__>,&u_distance,<id:__static_attributes__>,<id:__classdictcell__>}},
o17 asm(".Lo17")={TUPLE {1 ITEMS},{<id:__classdict__>}};
static IN_BODY struct code o19 asm(".Lo19")={CODE {23},&o15.head,&o16.head,<bytes:>,{0,0,0xa00000002,0xd00000001,0x100000000},version_package_d_sample+0x100000000,&o17.head,<byte:64>,&o11,&u_Point,&u_Point,&o18,{0,0,0,0,0,0,1},"a\000\200\000]\000t\001R\000t\002^\012t\003\026\000o\000R\001R\002/\001R\003\027\000l\002t\004R\004t\005V\000t\006R\002#\000"};
static IN_TUPLE struct tuple o25 asm(".Lo25")={TUPLE {6 ITEMS},{<int:1>,&o20,&o21,&o22,&o23,&o24}},
o29 asm(".Lo29")={TUPLE {5 ITEMS},{&u_shared_name,&o26,<latin1:228>,&o27,&o28}},
o30 asm(".Lo30")={TUPLE {7 ITEMS},{&o1,&_Py_NoneStruct,&o2,&o19,&u_Point,&o25.head,&o29.head}},
o31 asm(".Lo31")={TUPLE {6 ITEMS},{<id:__doc__>,&u_sys,&u_NUMBERS,&u_TEXTS,&u_DATA,&u_Point}};
static IN_BODY struct code o33 asm(".Lo33")={CODE {25},&o30.head,&o31.head,<bytes:>,{0,0,0x100000004,0xe00000000},version_package_d_sample+0x200000000,<tuple:>,<bytes:>,&o11,<str:<module>>,<str:<module>>,&o32,{},"\200\000R\000t\000^\000R\001I\001t\001R\005t\002R\006t\003R\002t\004\025\000!\000R\003\027\000R\0044\002\021\000\000\000\000\000t\005R\001#\000"};
static const struct bundle_set_slot o34[] asm(".Lo34")={{(void **)&o3.data[1],&o6.head},{0}};
const struct bundle_code frozen_package_d_sample={&o33,o34};

asm("#@");
