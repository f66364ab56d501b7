#include "frozen.h"
IN_STRING struct ascii u_DATA={TEXT 4,ASCII "DATA"};
IN_STRING struct ascii u_NUMBERS={TEXT 7,ASCII "NUMBERS"};
IN_STRING struct ascii u_Point={TEXT 5,ASCII "Point"};
IN_STRING struct ascii u_TEXTS={TEXT 5,ASCII "TEXTS"};
IN_STRING struct ascii u_abs={TEXT 3,ASCII "abs"};
IN_STRING struct ascii u_distance={TEXT 8,ASCII "distance"};
IN_STRING struct ascii u_other={TEXT 5,ASCII "other"};
IN_STRING struct ascii u_scale={TEXT 5,ASCII "scale"};
IN_STRING struct ascii u_self={TEXT 4,ASCII "self"};
IN_STRING struct ascii u_shared_name={TEXT 11,ASCII "shared_name"};
IN_STRING struct ascii u_sys={TEXT 3,ASCII "sys"};
IN_STRING struct ascii u_value={TEXT 5,ASCII "value"};
void*const bundle_pool[]={
&u_DATA,
&u_NUMBERS,
&u_Point,
&u_TEXTS,
&u_abs,
&u_distance,
&u_other,
&u_scale,
&u_self,
&u_shared_name,
&u_sys,
&u_value,
0};
const unsigned bundle_pool_count=12;
