#include "frozen.h"
IN_STRING struct ascii u_DATA={TEXT {4,ASCII},"DATA"},
u_NUMBERS={TEXT {7,ASCII},"NUMBERS"},
u_Point={TEXT {5,ASCII},"Point"},
u_TEXTS={TEXT {5,ASCII},"TEXTS"},
u_abs={TEXT {3,ASCII},"abs"},
u_distance={TEXT {8,ASCII},"distance"},
u_other={TEXT {5,ASCII},"other"},
u_scale={TEXT {5,ASCII},"scale"},
u_shared_name={TEXT {11,ASCII},"shared_name"},
u_sys={TEXT {3,ASCII},"sys"};
void*const bundle_pool[]={
&u_TEXTS,
&u_abs,
&u_distance,
&u_shared_name,
&u_scale,
&u_sys,
&u_DATA,
&u_other,
&u_NUMBERS,
&u_Point,
0};
const unsigned bundle_pool_hashes[]={
0x241552d7,
0x2a48023b,
0x2eb31462,
0x58fa288a,
0x82971c71,
0xc3589f16,
0xc407fae5,
0xc87d8df5,
0xda808389,
0xeaa8ef31,
0};
const unsigned bundle_pool_count=10;
