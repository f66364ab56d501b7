#include "frozen.h"
extern O <id:value>,
<latin1:228>,
<tuple:>,
<int:1>,
<int:300>,
<int:1000>,
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
<id:other>,
<id:self>,
u_DATA,
u_NUMBERS,
u_Point,
u_TEXTS,
u_abs,
u_distance,
u_scale,
u_shared_name,
u_sys;
asm("#@");
extern char version_package_d_sample[];
static IN_BYTES struct bytes o2 asm(".Lo2")={BYTES {6,-1},"\000\001data"},
o7 asm(".Lo7")={BYTES {4,-1},"\207\031#\004"},
o9 asm(".Lo9")={BYTES {4,-1},"&&$ "},
o12 asm(".Lo12")={BYTES {42,-1},"\201\000\3309=\300c\3208J\323\017K\3238J\250u\224\003\220E\223\012\230l\324\020*\3218J\321\017K\320\010K\371\322\017K"},
o17 asm(".Lo17")={BYTES {25,-1},"\370\207\000\201\000\360\002\001\005L\001\240t\367\000\001\005L\001\362\000\001\005L\001"},
o30 asm(".Lo30")={BYTES {38,-1},"\361\003\001\001\001\331\000>\343\000\012\340\012+\200\007\330\0107\200\005\330\007\026\200\004\367\006\002\001L\001\363\000\002\001L\001"};
static IN_NUMBER struct number o4 asm(".Lo4")={INTEGER {8,2000}},
o19 asm(".Lo19")={INTEGER {26,0,1024}},
o20 asm(".Lo20")={REAL {0x3ff8000000000000}},
o21 asm(".Lo21")={REAL {0x8000000000000000}},
o22 asm(".Lo22")={COMPLEX {0,0x4000000000000000}};
static IN_STRING struct ascii o1 asm(".Lo1")={TEXT {56,ASCII},"A module with one of everything that the freezer writes."},
o10 asm(".Lo10")={TEXT {29,ASCII},"/__bundle__/package/sample.py"},
o11 asm(".Lo11")={TEXT {14,ASCII},"Point.distance"},
o24 asm(".Lo24")={TEXT {9,ASCII},"two words"};
static IN_STRING struct compact o25 asm(".Lo25")={TEXT {1,KIND2},"\042o\000"},
o26 asm(".Lo26")={TEXT {1,KIND4},"\000\366\001\000\000\000\000"};
static IN_TUPLE struct tuple o3 asm(".Lo3")={TUPLE {2 ITEMS},{&_Py_EllipsisObject,0}},
o5 asm(".Lo5")={TUPLE {2 ITEMS},{&o4,<int:1000>}},
o6 asm(".Lo6")={TUPLE {1 ITEMS},{&u_abs}},
o8 asm(".Lo8")={TUPLE {4 ITEMS},{<id:self>,<id:other>,&u_scale,<id:value>}};
static IN_CODE struct code o13 asm(".Lo13")={CODE {40},&o3.head,&o6.head,&o7,{0x208000003,0x100000000,0xb00000007,0x1500000004,4},version_package_d_sample+0x0,&o8.head,&o9,&o10,&u_distance,&o11,&o12,{},"\200\000\366\377V\001Q\0001\003T\003t\002,\000t\002F\000\011\000D\021\011\000o\003[\001\011\000\000\000\000\000\000\000U\0032\001\011\000\000\000\000\000Q\0017\000\011\000M\003J\023\006}\011\000\034\000t\002o\003!\000t\002\035\000t\002o\003h\000"};
static IN_TUPLE struct tuple o14 asm(".Lo14")={TUPLE {4 ITEMS},{&u_Point,&u_scale,&o13,<tuple:>}},
o15 asm(".Lo15")={TUPLE {7 ITEMS},{<id:__name__>,<id:__module__>,<id:__qualname__>,<id:__firstlineno__>,&u_distance,<id:__static_attributes__>,<id:__classdictcell__>}},
o16 asm(".Lo16")={TUPLE {1 ITEMS},{<id:__classdict__>}};
static IN_BODY struct code o18 asm(".Lo18")={CODE {24},&o14.head,&o15.head,<bytes:>,{0,0,0xa00000002,0xd00000001,0x100000000},version_package_d_sample+0x100000000,&o16.head,<byte:64>,&o10,&u_Point,&u_Point,&o17,{0,0,0,0,0,0,1},"`\000\200\000\366\377\134\000s\001Q\000s\002]\012s\003\024\000n\000Q\001P\007-\001Q\002\025\000k\002s\004Q\003s\005U\000s\006P\007!\000"};
static IN_TUPLE struct tuple o23 asm(".Lo23")={TUPLE {6 ITEMS},{<int:1>,<int:300>,&o19,&o20,&o21,&o22}},
o27 asm(".Lo27")={TUPLE {5 ITEMS},{&u_shared_name,&o24,<latin1:228>,&o25,&o26}},
o28 asm(".Lo28")={TUPLE {6 ITEMS},{&o1,&o2,&o18,&u_Point,&o23.head,&o27.head}},
o29 asm(".Lo29")={TUPLE {6 ITEMS},{<id:__doc__>,&u_sys,&u_NUMBERS,&u_TEXTS,&u_DATA,&u_Point}};
static IN_BODY struct code o31 asm(".Lo31")={CODE {26},&o28.head,&o29.head,<bytes:>,{0,0,0x100000004,0xe00000000},version_package_d_sample+0x200000000,<tuple:>,<bytes:>,&o10,<str:<module>>,<str:<module>>,&o30,{},"\200\000\366\377Q\000s\000]\000P\007H\004s\001Q\004s\002Q\005s\003Q\001s\004\023\000\037\000Q\002\025\000Q\0032\002\011\000\000\000\000\000s\005P\007!\000"};
static const struct bundle_set_slot o32[] asm(".Lo32")={{(void **)&o3.data[1],&o5.head},{0}};
const struct bundle_code frozen_package_d_sample={&o31,o32};

asm("#@");
