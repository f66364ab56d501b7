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
