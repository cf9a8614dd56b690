# CUDA, where it can be compiled: sets SC_CUDA, whether it is on; SC_CUDA_OBJECTS and SC_CUDA_LIBRARIES, what the corrector then
# links; and SC_CUDA_OFF, why it is off. nvcc is called as it is, not as CMake's language CUDA, which ends the configuration where
# nvcc and the C++ compiler do not go together, and knows C++20 from CMake 3.25 on only.
#
# With SELFCORRECT_CUDA=auto whatever is missing turns it off; with `on` it is an error.
set(SELFCORRECT_CUDA auto CACHE STRING "The corrector on NVIDIA GPUs: auto (where nvcc works), on, off")
set(SELFCORRECT_CUDA_ARCHS default CACHE STRING
    "GPUs to compile for, of 75 80 86 89 90 100 120; default: those of this machine, or 80 and 90")
set(SELFCORRECT_CUDA_WHY "it was turned off (SELFCORRECT_CUDA)" CACHE STRING "Why CUDA is off, where it is turned off")
set_property(CACHE SELFCORRECT_CUDA PROPERTY STRINGS auto on off)

set(SC_CUDA OFF)
set(SC_CUDA_OFF "")
set(SC_CUDA_OBJECTS "")
set(SC_CUDA_LIBRARIES "")
set(ALL_ARCHS 75 80 86 89 90 100 120)
if(NOT SELFCORRECT_CUDA MATCHES "^(auto|on|off)$")
  message(FATAL_ERROR "Expected auto, on or off for SELFCORRECT_CUDA but received ${SELFCORRECT_CUDA}")
endif()

# Nothing is found while it is off, so that turning it on looks anew.
macro(cuda_is_off why)
  set(SC_CUDA_OFF "${why}")
  if(SELFCORRECT_CUDA STREQUAL on)
    message(FATAL_ERROR "Expected CUDA for SELFCORRECT_CUDA=on but ${why}")
  endif()
  message(STATUS "CUDA: off, ${why}")
  return()
endmacro()

if(SELFCORRECT_CUDA STREQUAL off)
  cuda_is_off("${SELFCORRECT_CUDA_WHY}")
endif()
if(CMAKE_CROSSCOMPILING)
  cuda_is_off("it is not compiled for another processor")
endif()
find_program(SC_NVCC nvcc HINTS ENV CUDACXX ENV CUDA_PATH ENV CUDA_HOME PATHS /usr/local/cuda /opt/cuda PATH_SUFFIXES bin)
if(NOT SC_NVCC)
  unset(SC_NVCC CACHE)
  cuda_is_off("nvcc was not found")
endif()

# The architectures that this nvcc has, and of them the ones wanted.
execute_process(COMMAND ${SC_NVCC} --list-gpu-arch OUTPUT_VARIABLE listed ERROR_VARIABLE listed RESULT_VARIABLE failed)
if(failed)
  cuda_is_off("${SC_NVCC} does not run: ${listed}")
endif()
set(archs "")
foreach(arch IN LISTS ALL_ARCHS)
  if(listed MATCHES "compute_${arch}(\n|$)")
    list(APPEND archs ${arch})
  endif()
endforeach()
string(REPLACE "," ";" wanted "${SELFCORRECT_CUDA_ARCHS}")
string(REPLACE " " ";" wanted "${wanted}")
if(wanted STREQUAL default)
  set(wanted "")
endif()
foreach(arch IN LISTS wanted)
  if(NOT arch IN_LIST archs)
    string(REPLACE ";" ", " archs "${archs}")
    message(FATAL_ERROR "Expected of ${archs}, which ${SC_NVCC} compiles for, for SELFCORRECT_CUDA_ARCHS but received ${arch}")
  endif()
endforeach()
if(NOT wanted)
  # The newest that runs on each GPU of this machine.
  set(found "")
  find_program(SC_NVIDIA_SMI nvidia-smi)
  if(SC_NVIDIA_SMI)
    execute_process(COMMAND ${SC_NVIDIA_SMI} --query-gpu=compute_cap --format=csv,noheader OUTPUT_VARIABLE found ERROR_QUIET)
  endif()
  string(REGEX MATCHALL "[0-9]+[.][0-9]+" found "${found}")
  foreach(gpu IN LISTS found)
    string(REPLACE "." "" gpu ${gpu})
    set(newest "")
    foreach(arch IN LISTS archs)
      if(NOT arch GREATER gpu)
        set(newest ${arch})
      endif()
    endforeach()
    list(APPEND wanted ${newest})
  endforeach()
  list(REMOVE_DUPLICATES wanted)
  if(NOT wanted)
    set(wanted 80 90)
  endif()
endif()
list(SORT wanted COMPARE NATURAL)

# Machine code for each, and the newest once more in a form that drivers translate for newer GPUs. Never a * b + c in one
# rounding: the GPU gives the bytes of the processor. Warning 20091 is of constants that the device does have.
set(SC_NVCC_FLAGS -std=c++20 -O3 --expt-relaxed-constexpr -fmad=false -diag-suppress 20091 -ccbin ${CMAKE_CXX_COMPILER}
    -Xcompiler=-fPIC,-ffp-contract=off)
foreach(arch IN LISTS wanted)
  list(APPEND SC_NVCC_FLAGS -gencode=arch=compute_${arch},code=sm_${arch})
endforeach()
list(GET wanted -1 newest)
list(APPEND SC_NVCC_FLAGS -gencode=arch=compute_${newest},code=compute_${newest})

# Whether it works with this C++ compiler, by the smallest program; remembered with what was asked.
set(asked "${SC_NVCC} ${SC_NVCC_FLAGS}")
if(NOT SC_NVCC_WORKS STREQUAL asked)
  set(trial ${CMAKE_BINARY_DIR}/CMakeFiles/trial.cu)
  file(WRITE ${trial} "#include <cmath>\n#include <cuda_runtime.h>\n__global__ void trial(float* x) { *x = std::sqrt(*x); }\n")
  execute_process(COMMAND ${SC_NVCC} ${SC_NVCC_FLAGS} -c ${trial} -o ${trial}.o OUTPUT_VARIABLE said ERROR_VARIABLE said
                  RESULT_VARIABLE failed)
  if(failed)
    string(REGEX REPLACE "\n.*" "" said "${said}")
    cuda_is_off("${SC_NVCC} does not work with ${CMAKE_CXX_COMPILER}: ${said}")
  endif()
  set(SC_NVCC_WORKS "${asked}" CACHE INTERNAL "")
endif()

# The runtime library is linked whole, so that the addon loads where there is none; it finds the driver when it is used.
execute_process(COMMAND ${SC_NVCC} --dryrun -c ${CMAKE_BINARY_DIR}/CMakeFiles/trial.cu ERROR_VARIABLE said OUTPUT_QUIET)
string(REGEX MATCHALL "\"-L[^\"]+\"" places "${said}")
list(TRANSFORM places REPLACE "\"-L([^\"]+)\"" "\\1")
find_library(SC_CUDART cudart_static PATHS ${places} NO_DEFAULT_PATH)
if(NOT SC_CUDART)
  unset(SC_CUDART CACHE)
  cuda_is_off("libcudart_static.a of ${SC_NVCC} was not found")
endif()
set(SC_CUDA_LIBRARIES ${SC_CUDART} Threads::Threads ${CMAKE_DL_LIBS} rt)

file(GLOB cuda_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/native/cuda/*.cu)
foreach(source IN LISTS cuda_sources)
  get_filename_component(name ${source} NAME)
  set(object ${CMAKE_BINARY_DIR}/cuda/${name}.o)
  add_custom_command(
    OUTPUT ${object}
    COMMAND ${SC_NVCC} ${SC_NVCC_FLAGS} -I${CMAKE_CURRENT_SOURCE_DIR}/native -MD -MF ${object}.d -c ${source} -o ${object}
    DEPENDS ${source}
    DEPFILE ${object}.d
    COMMENT "Compiling ${name} for GPUs of ${wanted}"
    VERBATIM)
  list(APPEND SC_CUDA_OBJECTS ${object})
endforeach()
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/cuda)
add_custom_target(cuda_objects DEPENDS ${SC_CUDA_OBJECTS}) # by itself: nothing is waited for
set(SC_CUDA ON)
string(REPLACE ";" ", " wanted "${wanted}")
message(STATUS "CUDA: on, by ${SC_NVCC} for GPUs of ${wanted}")
