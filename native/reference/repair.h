// Damage that is not noise: single bad frames, and a body that grows and shrinks.
#pragma once
#include "reference/filter.h"

namespace selfcorrect {
inline namespace SC_ISA {

// May a joint leave its path for one frame and come back?
SC_CALL bool may_glitch(const Roughness& rough);

// Replaces joints in such frames. Returns whether there were any.
SC_STAGE bool repair_glitches(const Roughness& rough, double* series, int frames, int stride);

// Scales the body about its root in every frame so that its size is constant over time: bones that stretch
// together are one wrong number per frame, which fitting every bone on its own would turn into wrong feet.
// `from` and `to`, which may be `from`, are [22][3] series; `lengths`: [22] series, the lengths of the bones
// then (none of joint 0).
SC_STAGE void repair_size(const double* from, double* to, int frames, double fps, double* lengths,
                          Scratch scratch);

}  // namespace SC_ISA
}  // namespace selfcorrect
