// The kernels of the instruction set that this file is compiled for.
#include "isa/kernels.h"
#include "math/lanes.h"

#define SC_NAME_OF(isa) #isa
#define SC_NAME(isa) SC_NAME_OF(isa)

namespace selfcorrect {
inline namespace SC_ISA {

extern const Kernels kTable;
constexpr Kernels kTable = {SC_NAME(SC_ISA), kLanes,        track_tile,       sample_window,  time_tile,
                            probe_forward,   probe_inverse, probe_kinematics, probe_simulate, probe_limp,
                            bend_spline,     pose_motion,   clean_motion,     pose_result,    measure_joints,
                            measure_posed,   measure_result};

}  // namespace SC_ISA
}  // namespace selfcorrect
