// SPDX-License-Identifier: Apache-2.0
// For who builds with Gradle: no.kari:kari-android, an AAR with the Kotlin API, Android's own part
// and the native libraries. Written, and never run: neither Android's plugin nor its NDK can be had
// where this is tested. ./dev android compiles the Kotlin and makes an AAR without the libraries.
plugins {
    id("com.android.library") version "8.7.3"
    id("org.jetbrains.kotlin.android") version "2.4.20"
    `maven-publish`
}

group = "no.kari"
version = "0.1.0"

android {
    namespace = "no.kari.android"
    compileSdk = 34
    ndkVersion = "27.2.12479018"

    defaultConfig {
        minSdk = 28
        consumerProguardFiles("consumer-rules.pro")
        ndk { abiFilters += listOf("arm64-v8a", "x86_64") }
        externalNativeBuild {
            cmake {
                targets += listOf("kari_c", "kari_jni")
                // The libraries of cmake/KariDependencies, built for bionic: see ndk.cmake.
                arguments += listOf(
                    "-DKARI_TESTS=OFF",
                    "-DKARI_KOTLIN=ON",
                    "-DANDROID_STL=c++_shared",
                    "-DCMAKE_PROJECT_INCLUDE_BEFORE=$projectDir/ndk.cmake",
                )
            }
        }
    }
    externalNativeBuild { cmake { path = file("../../CMakeLists.txt") } }

    sourceSets["main"].kotlin.srcDirs("src/main/kotlin", "../kotlin/src/main/kotlin")
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_1_8
        targetCompatibility = JavaVersion.VERSION_1_8
    }
    publishing { singleVariant("release") { withSourcesJar() } }
}

kotlin {
    explicitApi()
    compilerOptions { jvmTarget.set(org.jetbrains.kotlin.gradle.dsl.JvmTarget.JVM_1_8) }
}

dependencies {
    api("org.jetbrains.kotlinx:kotlinx-coroutines-core-jvm:1.8.0")
}

publishing {
    publications {
        register<MavenPublication>("release") { afterEvaluate { from(components["release"]) } }
    }
}
