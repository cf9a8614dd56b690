// Noise in joint positions: whether there is any, and a zero-phase low pass.
#pragma once
#include "reference/frames.h"

namespace selfcorrect {
inline namespace SC_ISA {

// How a motion changes from frame to frame, of every joint: sums over the frames of the squared second and
// third differences (m^2) and of the size of the third (m), and the largest second difference (m).
struct Roughness {
  double second[kJoints], third[kJoints], jerk[kJoints], jump[kJoints];
};
SC_STAGE Roughness roughness(const double* series, int frames, int stride);

// m/s^3, mean over joints and frames.
SC_CALL double mean_jerk(const Roughness& rough, int frames, double fps);

// True where the positions carry noise that changes from frame to frame: much jerk, and most of it at
// frequencies that bodies do not move at.
SC_CALL bool is_jittery(const Roughness& rough, int frames, double fps);

// The same of one joint alone, for any of them.
SC_CALL bool any_joint_jittery(const Roughness& rough, int frames, double fps);

// Second-order Butterworth low pass run forwards and backwards over every coordinate; `cutoff` in Hz. Does
// nothing, and says so, where the cutoff is not below 0.45 of the frame rate. `to`, which may be `from`, has
// room for kGiven series.
SC_STAGE bool low_pass(const double* from, double* to, int frames, double fps, double cutoff,
                       Scratch scratch);

}  // namespace SC_ISA
}  // namespace selfcorrect
