#include "frozen.h"
extern O <str:<listcomp>>,
<str:<module>>,
<id:__doc__>,
<id:__module__>,
<id:__name__>,
<id:__qualname__>,
<latin1:228>,
<tuple:>,
<int:0>,
<int:1>,
<bytes:>,
u_DATA,
u_NUMBERS,
u_Point,
u_TEXTS,
u_abs,
u_distance,
u_other,
u_scale,
u_self,
u_shared_name,
u_sys,
u_value;
asm("#@");
static IN_BYTES struct bytes o12 asm(".Lo12")={BYTES {6,-1},"\000\001data"},
o21 asm(".Lo21")={BYTES {2,-1},"  "},
o24 asm(".Lo24")={BYTES {35,-1},"\200\000\320\017K\320\017K\320\017K\250u\225\003\220E\221\012\224\012\230l\320\020*\320\017K\320\017K\320\017K"},
o28 asm(".Lo28")={BYTES {3,-1},"   "},
o30 asm(".Lo30")={BYTES {29,-1},"\200\000\330\017K\320\017K\270\024\270u\300c\3208J\320\017K\321\017K\324\017K\320\010K"},
o34 asm(".Lo34")={BYTES {55,-1},"\200\000\200\000\200\000\200\000\200\000\330'+\360\000\001\005L\001\360\000\001\005L\001\360\000\001\005L\001\360\000\001\005L\001\360\000\001\005L\001\360\000\001\005L\001\360\000\001\005L\001"},
o38 asm(".Lo38")={BYTES {95,-1},"\360\003\001\001\001\330\000>\320\000>\340\000\012\200\012\200\012\200\012\340\012+\200\007\330\0107\200\005\330\007\026\200\004\360\006\002\001L\001\360\000\002\001L\001\360\000\002\001L\001\360\000\002\001L\001\360\000\002\001L\001\361\000\002\001L\001\364\000\002\001L\001\360\000\002\001L\001\360\000\002\001L\001\360\000\002\001L\001"};
static IN_NUMBER struct number o2 asm(".Lo2")={INTEGER {1,300}},
o3 asm(".Lo3")={INTEGER {0xfffffffffffffffd,0,1024}},
o4 asm(".Lo4")={REAL {0x3ff8000000000000}},
o5 asm(".Lo5")={REAL {0x8000000000000000}},
o6 asm(".Lo6")={COMPLEX {0,0x4000000000000000}},
o15 asm(".Lo15")={INTEGER {1,2000}},
o16 asm(".Lo16")={INTEGER {1,1000}};
static IN_STRING struct ascii o1 asm(".Lo1")={TEXT {56,ASCII},"A module with one of everything that the freezer writes."},
o8 asm(".Lo8")={TEXT {9,ASCII},"two words"},
o19 asm(".Lo19")={TEXT {2,ASCII},".0"},
o22 asm(".Lo22")={TEXT {29,ASCII},"/__bundle__/package/sample.py"},
o23 asm(".Lo23")={TEXT {34,ASCII},"Point.distance.<locals>.<listcomp>"},
o29 asm(".Lo29")={TEXT {14,ASCII},"Point.distance"};
static IN_STRING struct compact o9 asm(".Lo9")={TEXT {1,KIND2},"\042o\000"},
o10 asm(".Lo10")={TEXT {1,KIND4},"\000\366\001\000\000\000\000"};
static IN_TUPLE struct tuple o7 asm(".Lo7")={TUPLE {6 ITEMS},{<int:1>,&o2,&o3,&o4,&o5,&o6}},
o11 asm(".Lo11")={TUPLE {5 ITEMS},{&u_shared_name,&o8,<latin1:228>,&o9,&o10}},
o13 asm(".Lo13")={TUPLE {1 ITEMS},{&u_scale}},
o14 asm(".Lo14")={TUPLE {1 ITEMS},{0}},
o17 asm(".Lo17")={TUPLE {2 ITEMS},{&o15,&o16}},
o18 asm(".Lo18")={TUPLE {1 ITEMS},{&u_abs}},
o20 asm(".Lo20")={TUPLE {2 ITEMS},{&o19,&u_value}};
static IN_CODE struct code o25 asm(".Lo25")={CODE {24},&o14.head,&o18.head,<bytes:>,{0xfff800000013,1,0x500000000,0x20000000c,2},&o20.head,&o21,&o22,<str:<listcomp>>,&o23,&o24,{},"\227\000g\000|\000]\023}\001t\001\000\000\000\000\000\000\000\000\000\000|\001\246\001\000\000\253\001\000\000\000\000\000\000\000\000d\000v\000\221\002\214\024S\000"};
static IN_TUPLE struct tuple o26 asm(".Lo26")={TUPLE {3 ITEMS},{&_Py_NoneStruct,&o25,&_Py_EllipsisObject}},
o27 asm(".Lo27")={TUPLE {3 ITEMS},{&u_self,&u_other,&u_scale}};
static IN_CODE struct code o31 asm(".Lo31")={CODE {16},&o26.head,<tuple:>,<bytes:>,{0xfff800000003,2,0x400000001,0x30000000b,3},&o27.head,&o28,&o22,&u_distance,&o29,&o30,{},"\227\000d\001\204\000|\000|\001d\002f\003D\000\246\000\000\000\253\000\000\000\000\000\000\000\000\000S\000"};
static IN_TUPLE struct tuple o32 asm(".Lo32")={TUPLE {4 ITEMS},{&u_Point,&_Py_NoneStruct,&o13.head,&o31}},
o33 asm(".Lo33")={TUPLE {4 ITEMS},{<id:__name__>,<id:__module__>,<id:__qualname__>,&u_distance}};
static IN_BODY struct code o35 asm(".Lo35")={CODE {13},&o32.head,&o33.head,<bytes:>,{0xfff800000000,0,0x200000000,10},<tuple:>,<bytes:>,&o22,&u_Point,&u_Point,&o34,{},"\227\000e\000Z\001d\000Z\002d\001d\002\234\001d\003\204\002Z\003d\001S\000"};
static IN_TUPLE struct tuple o36 asm(".Lo36")={TUPLE {8 ITEMS},{&o1,<int:0>,&_Py_NoneStruct,&o7.head,&o11.head,&o12,&o35,&u_Point}},
o37 asm(".Lo37")={TUPLE {6 ITEMS},{<id:__doc__>,&u_sys,&u_NUMBERS,&u_TEXTS,&u_DATA,&u_Point}};
static IN_BODY struct code o39 asm(".Lo39")={CODE {28},&o36.head,&o37.head,<bytes:>,{0xfff800000000,0,0x400000000,1},<tuple:>,<bytes:>,&o22,<str:<module>>,<str:<module>>,&o38,{},"\227\000d\000Z\000d\001d\002l\001Z\001d\003Z\002d\004Z\003d\005Z\004\002\000G\000d\006\204\000d\007\246\002\000\000\253\002\000\000\000\000\000\000\000\000Z\005d\002S\000"};
static const struct bundle_set_slot o40[] asm(".Lo40")={{(void **)&o14.data[0],&o17.head},{0}};
const struct bundle_code frozen_package_d_sample={&o39,o40};

asm("#@");
