#include "frozen.h"
IN_STRING struct ascii u_DATA=ASCII(4,"DATA");
IN_STRING struct ascii u_NUMBERS=ASCII(7,"NUMBERS");
IN_STRING struct ascii u_Point=ASCII(5,"Point");
IN_STRING struct ascii u_TEXTS=ASCII(5,"TEXTS");
IN_STRING struct ascii u_abs=ASCII(3,"abs");
IN_STRING struct ascii u_distance=ASCII(8,"distance");
IN_STRING struct ascii u_scale=ASCII(5,"scale");
IN_STRING struct ascii u_shared_name=ASCII(11,"shared_name");
IN_STRING struct ascii u_sys=ASCII(3,"sys");
void*const bundle_pool[]={
&u_DATA,
&u_NUMBERS,
&u_Point,
&u_TEXTS,
&u_abs,
&u_distance,
&u_scale,
&u_shared_name,
&u_sys,
0};
const unsigned bundle_pool_count=9;
