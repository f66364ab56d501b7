/* What this program starts. */

#ifndef CHILDREN_H
#define CHILDREN_H

/* The mark: set on whatever this program starts that is this executable again, and by users who want Python. */
#define BUNDLE_MARK "BUNDLE_AS_PYTHON"

/* Set for a start that takes the place of one that could not go on. */
#define BUNDLE_ANEW "BUNDLE_BEGUN_ANEW"

/* Remember how many starts of this executable by itself, one below the other, lead to this process. */
void bundle_children_start(int depth);
int bundle_children_depth(void);

#endif
