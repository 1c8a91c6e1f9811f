package io.ferrymq.wire;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;

/** How the lanes wait for their sockets. */
enum IoBackend {
    EPOLL {
        @Override
        IoHandlerFactory handlerFactory() {
            return EpollIoHandler.newFactory();
        }

        @Override
        ServerChannel newServerChannel() {
            return new EpollServerSocketChannel();
        }
    },
    NIO {
        @Override
        IoHandlerFactory handlerFactory() {
            return NioIoHandler.newFactory();
        }

        @Override
        ServerChannel newServerChannel() {
            return new NioServerSocketChannel();
        }
    };

    abstract IoHandlerFactory handlerFactory();

    abstract ServerChannel newServerChannel();

    /** The fastest that this machine has. */
    static IoBackend best() {
        return Epoll.isAvailable() ? EPOLL : NIO;
    }
}
