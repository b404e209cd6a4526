// SPDX-License-Identifier: Apache-2.0
// A thread that the Java machine does not know writes on a tablet that Kotlin listens to.
#include <jni.h>
#include <kari.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

typedef struct writer {
    JavaVM* machine;
    kari_device* device;
    kari_record_id record;
    int failed;
} writer;

static int attached(const writer* here) {
    void* env = NULL;
    return (*here->machine)->GetEnv(here->machine, &env, JNI_VERSION_1_6) != JNI_EDETACHED;
}

// Signs with the key store of the device.
static void* lock(void* context) {
    writer* here = context;
    here->failed = attached(here);
    if (kari_device_lock(here->device, NULL) != KARI_OK) here->failed += 2;
    if (attached(here)) here->failed += 4;
    return NULL;
}

static void* write_note(void* context) {
    writer* here = context;
    here->failed = attached(here);
    kari_note_entry note = {.struct_size = sizeof note};
    note.title = kari_text_of("A");
    note.text = kari_text_of("B");
    if (kari_note_write(here->device, &here->record, &note, NULL, NULL) != KARI_OK)
        here->failed += 2;
    if (attached(here)) here->failed += 4;
    return NULL;
}

JNIEXPORT jint JNICALL Java_no_kari_tests_Detached_writeNote(JNIEnv* env, jclass class_,
                                                             jlong device, jbyteArray record);
JNIEXPORT jint JNICALL Java_no_kari_tests_Detached_lock(JNIEnv* env, jclass class_, jlong device);

static int elsewhere(JNIEnv* env, writer* here, void* (*act)(void*)) {
    (*env)->GetJavaVM(env, &here->machine);
    pthread_t thread;
    if (pthread_create(&thread, NULL, act, here) != 0) return 8;
    pthread_join(thread, NULL);
    return here->failed;
}

JNIEXPORT jint JNICALL Java_no_kari_tests_Detached_writeNote(JNIEnv* env, jclass class_,
                                                             jlong device, jbyteArray record) {
    (void)class_;
    writer here = {.device = (kari_device*)(uintptr_t)device};
    (*env)->GetByteArrayRegion(env, record, 0, sizeof here.record.bytes, (jbyte*)here.record.bytes);
    return elsewhere(env, &here, write_note);
}

JNIEXPORT jint JNICALL Java_no_kari_tests_Detached_lock(JNIEnv* env, jclass class_, jlong device) {
    (void)class_;
    writer here = {.device = (kari_device*)(uintptr_t)device};
    return elsewhere(env, &here, lock);
}
