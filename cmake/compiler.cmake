# Flags for every target: language, warnings, sections, linker, sanitizers, ccache.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

# Contraction would give a*b+c other bits in one tier than in another.
add_compile_options(-Wall -Wextra -Wno-missing-field-initializers -ffp-contract=off -ffunction-sections -fdata-sections)

include(CheckLinkerFlag)
check_linker_flag(CXX -fuse-ld=lld PX_HAVE_LLD)
if(PX_HAVE_LLD)
  add_link_options(-fuse-ld=lld)
endif()
add_link_options(-Wl,--as-needed)

find_program(PX_CCACHE ccache)
if(PX_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths relative to the checkout: another clone of it finds the same entries.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${PX_CCACHE})
endif()

if(PX_SANITIZE)
  add_compile_options(-fsanitize=${PX_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  if(PX_SANITIZE MATCHES undefined)
    # A call through a pointer would look for a signature in front of the callee: linked code has none, and may begin a page.
    add_compile_options(-fno-sanitize=function)
  endif()
  # The sanitizer's runtime as a shared object: Python, which is not instrumented, can then preload it.
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-runtime-dir OUTPUT_VARIABLE directory OUTPUT_STRIP_TRAILING_WHITESPACE)
  add_compile_options(-shared-libsan)
  add_link_options(-fsanitize=${PX_SANITIZE} -shared-libsan -Wl,-rpath,${directory})
endif()
