// A root path that agrees with the feet.
#pragma once
#include "math/group.h"
#include "reference/motion.h"

namespace selfcorrect {
inline namespace SC_ISA {

// Removes from the root's horizontal velocity what the feet in contact show to be sliding: clear sliding in
// full, slips of the size that real motion has hardly at all. The whole body moves with its root.
SC_STAGE void reroot(Motion& motion, Scratch scratch);

}  // namespace SC_ISA
}  // namespace selfcorrect
